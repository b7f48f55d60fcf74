"""One folder for each noun of the service; README.md beside this file shows the anatomy."""
