"""The WeChat official account (微信公众号): one more way in to the same conversation."""
