"""From openly licensed questions to the reader's weights. Not installed with the package; see README.md here."""
