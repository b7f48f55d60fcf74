"""HTTP of the notifications: devices that may be rung, and the inbox."""
