"""Mechanisms every module stands on. Nothing here knows a module or a business word."""
