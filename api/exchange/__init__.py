"""Other systems: 12345's work orders and bodies' own systems, all as signed messages to and from a peer."""
