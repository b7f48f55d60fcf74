"""Ringing a resident's phone: devices that may be rung, messages to them, web push."""
