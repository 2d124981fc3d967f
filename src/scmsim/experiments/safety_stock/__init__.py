"""How much safety stock, and where: the shift method, and placement under guaranteed service."""
