"""The bundled count night."""
