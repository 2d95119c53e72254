"""The directory as HSDS 3.0: published to everyone, and read in again."""
