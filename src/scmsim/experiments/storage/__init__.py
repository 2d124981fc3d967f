"""What every stored run and experiment shares: its folder, its manifest, and tables as CSV files."""
