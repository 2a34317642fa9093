"""What is handed out: the wheelhouse and the Debian packages, made from the checkout and requirements.lock."""
