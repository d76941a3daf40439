"""What both services and every client may rely on: facts, quantities, dates, bodies."""
