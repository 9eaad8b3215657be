"""What draws a picture, with Matplotlib: imported by the process that draws, and by nothing that serves."""
