"""What the report says, as values: texts, figures, verdict, charts. Pure; the template only places it."""
