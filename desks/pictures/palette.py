"""The light palette in figures, for marks that are also printed.

A mark carries its light colour as a presentation attribute and its token as a class: paper, which knows no stylesheet
of the site, prints the first; on screen the class wins and follows the theme. A test holds these values equal to
`static/css/tokens.css`.
"""

LIGHT = {
    "paper": "#FAF8F4",
    "surface": "#FFFFFF",
    "sunken": "#F1EEE7",
    "ink": "#191B22",
    "ink2": "#535865",
    "rule": "#DFDBD1",
    "edge": "#83838A",
    "hatch": "#8A8578",
    "act": "#24409A",
    "ok": "#17663F",
    "warn": "#854700",
    "bad": "#A31A26",
    # Half transparent in the stylesheet; on white paper it is this.
    "win": "#EDF1FC",
    "g1": "#40408F",
    "g2": "#86C1DF",
    "g3": "#26796F",
    "g4": "#DAC377",
    "g5": "#C4687A",
    "g6": "#73712F",
    "g7": "#7A2350",
    "g8": "#9F5BA0",
    "e1": "#40408F",
    "e2": "#3F83A8",
    "e3": "#26796F",
    "e4": "#947A26",
    "e5": "#C4687A",
    "e6": "#73712F",
    "e7": "#7A2350",
    "e8": "#9F5BA0",
    "t1": "#FFFFFF",
    "t2": "#191B22",
    "t3": "#FFFFFF",
    "t4": "#191B22",
    "t5": "#191B22",
    "t6": "#FFFFFF",
    "t7": "#FFFFFF",
    "t8": "#FFFFFF",
    "s1": "#EBEEF7",
    "s2": "#C9D2EC",
    "s3": "#95A6D8",
    "s4": "#5570BC",
    "s5": "#24409A",
    "st1": "#191B22",
    "st2": "#191B22",
    "st3": "#191B22",
    "st4": "#FFFFFF",
    "st5": "#FFFFFF",
}

GUARDS = 8
"""How many colours tell guards apart; the ninth guard of a ribbon takes a colour again."""


def paint(fill: str = "", stroke: str = "") -> str:
    """The attributes of a mark painted with these tokens: `class="fill-ok" fill="#17663F"`.

    `fill` is a token, `none`, or empty to leave the attribute out; `stroke` a token or empty.
    """
    classes, attributes = [], []
    for name, token in (("fill", fill), ("stroke", stroke)):
        if token in ("none", ""):
            attributes += [f'{name}="none"'] if token == "none" and name == "fill" else []
            continue
        classes.append(f"{name}-{token}")
        attributes.append(f'{name}="{LIGHT[token]}"')
    return " ".join(([f'class="{" ".join(classes)}"'] if classes else []) + attributes)
