"""What people fill in: requests and the steps of the case itself."""
