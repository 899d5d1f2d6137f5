"""Lifetimes, threads, the window, the launcher and the command line."""
