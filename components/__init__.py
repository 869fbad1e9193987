"""What the pages draw with: one folder for each page, and what several pages share here."""
