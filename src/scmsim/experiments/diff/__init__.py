"""What differs between two scenarios, or between two results."""
