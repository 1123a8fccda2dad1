"""Pictures: pure functions from facts to a layout that a template draws as SVG, the same on screen and on paper."""
