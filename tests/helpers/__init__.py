"""What tests are helped by: doors to what they try, plain twins, processes, faults."""
