"""What every platform's adapter says and does alike."""
