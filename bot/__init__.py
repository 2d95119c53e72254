"""Understanding and answering: one message in, one reply out (`bot.consult`)."""
