"""What people see: tables in the terminal, pictures, maps, reports, the live view and the page.

Reads models, results and comparisons; the only package that draws.
"""
