"""What tests are helped by: ways into what they try, plain twins, processes, faults."""
