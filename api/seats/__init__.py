"""How many agents are needed when (优化座席设置): arrivals and handling time → seats for a service level."""
