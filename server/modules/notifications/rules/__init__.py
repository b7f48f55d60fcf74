"""Pure decisions about notifications: where a push may go and what its outcome means; who is told what, and when."""
