"""The page in the browser: a session that can be steered, its pictures, and the controls around them.

Everything but `board` and `controls` is plain Python: numbers in, SVG, words or files out. Those two
hold what is shown by solara.
"""
