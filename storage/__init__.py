"""What is kept: the ledger of jobs, people and their choices, and the photos."""
