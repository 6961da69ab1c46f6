"""What every room may know: settings, errors and the values that cross rooms. No I/O."""
