"""News of a ticket to its citizen by SMS, e-mail and WeChat: one outbox, with consent, recorded, tried again."""
