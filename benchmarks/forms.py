"""Pages of one form with other facts, such as weather and results: none is a copy of any other."""

import random
from collections.abc import Iterator

from index.types import Article

TOWNS = "Ostby Granholm Velm Tarrow Quillen Saltmouth Brackley Hedda Lorne Fennick Aske Dunmere".split()


def form_pages(dice: random.Random) -> Iterator[Article]:
    """Six pages about each town: its weather and the figures of its company twice, of one day and of another."""
    for town, other in zip(TOWNS, reversed(TOWNS), strict=True):
        for number, write in enumerate((_weather, _weather, _figures, _figures, _result, _notice)):
            url = f"https://form.example/{town.lower()}/{number}"
            yield Article(url, f"Of {town}", write(town, other, dice), publisher="The Form")


def _weather(town: str, other: str, dice: random.Random) -> str:
    low, high, wind, rain, sunrise = (dice.randint(*span) for span in ((-5, 9), (10, 31), (4, 70), (0, 95), (10, 59)))
    return (
        f"The weather in {town} today will be mostly cloudy with some sun in the afternoon and a light wind from "
        f"the west.\n\nThe temperature will rise to {high} degrees in the afternoon and fall to {low} degrees at "
        f"night. Gusts may reach {wind} kilometres an hour on the hills above {other}. The chance of rain is "
        f"{rain} percent. The sun rises at 6:{sunrise} a.m. and sets at 7:{69 - sunrise:02} p.m.\n\nTomorrow will "
        "be a little warmer, the weather service says. Drivers should watch for fog in the valleys early in the "
        f"morning, above all between {town} and {other}. Pollen is at level {dice.randint(1, 6)} of 7. The sea at "
        f"{other} has {low + 6} degrees."
    )


def _result(town: str, other: str, dice: random.Random) -> str:
    home, away, crowd, minute = (dice.randint(*span) for span in ((0, 6), (0, 6), (900, 9000), (2, 89)))
    return (
        f"{town} United met {other} Rovers on Saturday in the third round of the cup, and the match ended "
        f"{home}-{away} after a lively second half.\n\n{town} had more of the ball from the start but found it "
        f"hard to get past a deep defence. The first goal came after {minute} minutes, when {dice.choice(TOWNS)} "
        f"striker {dice.choice(TOWNS)} {dice.choice(TOWNS)} headed in a corner. A crowd of {crowd:,} saw the "
        f"game.\n\nThe winners go through to the next round, which will be drawn on Monday. {other} Rovers play "
        f"again on Wednesday, away to {dice.choice(TOWNS)} Town. {town} have {dice.randint(3, 60)} points in the "
        f"league and {other} have {dice.randint(3, 60)}."
    )


def _figures(town: str, other: str, dice: random.Random) -> str:
    sales, profit, share, staff = (dice.uniform(*span) for span in ((20, 900), (1, 90), (1, 80), (100, 9000)))
    return (
        f"{town} Holdings reported sales of {sales:.1f} million crowns for the third quarter on Thursday, "
        f"compared with {sales * dice.uniform(0.7, 1.2):.1f} million crowns in the same period of last "
        f"year.\n\nProfit after tax came to {profit:.1f} million crowns, or {share:.2f} crowns a share. Analysts "
        f"had on average expected {share * dice.uniform(0.8, 1.1):.2f} crowns. The company, which is based in "
        f"{other} and employs {staff:,.0f} people, left its forecast for the year as it was.\n\nThe shares were "
        f"{dice.uniform(0, 9):.1f} percent higher in the afternoon. The chief executive, {dice.choice(TOWNS)} "
        f"{dice.choice(TOWNS)}, said that demand had been good."
    )


def _notice(town: str, other: str, dice: random.Random) -> str:
    year, day = dice.randint(1928, 1960), dice.randint(1, 28)
    return (
        f"{dice.choice(TOWNS)} {town}, who lived in {other}, died at home on March {day} in the circle of the "
        f"family. Born in {dice.choice(TOWNS)} in {year}, the deceased went to school there and worked for "
        f"{dice.randint(12, 47)} years at the {dice.choice(TOWNS)} mill.\n\nThe funeral will be held on March "
        f"{day + 3} at {dice.randint(9, 12)} a.m. in the chapel of {town}. The family asks for donations to the "
        f"lifeboat station in {other} instead of flowers."
    )
