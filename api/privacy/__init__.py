"""What is kept about people, how long, under which keys; what they can take along and have erased."""
