"""What the chain sells: twelve categories, eight brands in each, ten products of each brand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.streams import Floats, Ints, stream
from regulars.science.simulation.world.categories import BRAND_NAMES, CATEGORIES, SIZES

BRANDS_PER_CATEGORY = 8
PRODUCTS_PER_CELL = 10
# The first two of a cell are samples and travel sizes.
SMALL_PRODUCTS = 2
STYLES = 4
QUANTITIES = np.array([1, 2, 3, 4, 6, 8])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Goods in cells: a cell is one brand in one category, ``category * 8 + place``.

    Attributes:
        brand: Name of each cell's brand.
        position: Cells by styles: where the brand stands; a person whose style points the same
            way likes it.
        popularity: Cells: what everybody likes.
        quality: Cells: stars its products tend to get.
        price: Years by products, in cents: the price on the shelf, which rises each January.
        first_year: The year of the first row of ``price``.
        years: How many years there are.
    """

    brand: tuple[str, ...]
    position: Floats
    popularity: Floats
    quality: Floats
    price: Ints
    first_year: int
    name: tuple[str, ...]
    thing: tuple[str, ...]
    size: tuple[str, ...]

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.brand)

    @property
    def products(self) -> int:
        """How many products there are; product // 10 is its cell."""
        return len(self.name)

    @property
    def years(self) -> int:
        """How many years have prices."""
        return len(self.price)


@dataclass(frozen=True, slots=True)
class Baskets:
    """Every (product, quantity) of every cell and year by amount, to be searched.

    ``key`` rises; it is ``(year * cells + cell) * SPREAD + log(amount in cents)``.
    """

    key: Floats
    product: Ints
    quantity: Ints
    first: Ints
    last: Ints


SPREAD = 100.0


def product_ids(count: int) -> list[str]:
    """Return the codes of the products."""
    return [f"SKU{number + 1:05d}" for number in range(count)]


def catalogue_of(*, seed: int, first_year: int, years: int) -> Catalogue:
    """Return the goods. Brands of one category differ in style, popularity and price level."""
    rng = stream(seed, "catalogue")
    cells = len(CATEGORIES) * BRANDS_PER_CATEGORY
    brand, name, thing, size = [], [], [], []
    base = np.zeros(cells * PRODUCTS_PER_CELL)
    for place, category in enumerate(CATEGORIES):
        low, high = np.log(category.prices)
        for number in range(BRANDS_PER_CATEGORY):
            brand.append(BRAND_NAMES[(place * 5 + number * 3) % len(BRAND_NAMES)])
            steps = np.linspace(low, high, PRODUCTS_PER_CELL)
            # Samples and travel sizes let small orders have any category.
            steps[:3] = np.log(3.5), (np.log(3.5) + low) / 2, low
            drawn = steps + rng.normal(0.0, 0.15, PRODUCTS_PER_CELL)
            first = (place * BRANDS_PER_CATEGORY + number) * PRODUCTS_PER_CELL
            base[first : first + PRODUCTS_PER_CELL] = np.exp(drawn)
            for item in range(PRODUCTS_PER_CELL):
                thing.append(category.things[item % len(category.things)])
                size.append(SIZES[item])
                name.append(f"{brand[-1]}{thing[-1]}{size[-1]}")
    rise = 1 + rng.uniform(0.0, 0.04, (years, len(base)))
    rise[0] = 1.0
    # Shelf prices end in .90, as in shops.
    price = np.maximum(np.floor(base * np.cumprod(rise, axis=0)), 2.0) + 0.9
    return Catalogue(
        brand=tuple(brand),
        position=rng.normal(0.0, 0.55, (cells, STYLES)),
        popularity=np.exp(rng.normal(0.0, 0.6, cells)),
        quality=np.clip(rng.normal(4.2, 0.35, cells), 3.0, 4.9),
        price=np.round(price * 100).astype(np.int64),
        first_year=first_year,
        name=tuple(name),
        thing=tuple(thing),
        size=tuple(size),
    )


def baskets_of(catalogue: Catalogue) -> Baskets:
    """Return what can be bought for how much in every cell and year."""
    sizes, products, years = len(QUANTITIES), catalogue.products, catalogue.years
    quantity = np.tile(QUANTITIES, products * years)
    product = np.tile(np.repeat(np.arange(products), sizes), years)
    year = np.repeat(np.arange(years), products * sizes)
    amount = catalogue.price[year, product] * quantity
    block = year * catalogue.cells + product // PRODUCTS_PER_CELL
    # Nobody buys eight samples.
    real = (quantity <= 4) | (product % PRODUCTS_PER_CELL >= SMALL_PRODUCTS)
    amount, product, quantity, block = (part[real] for part in (amount, product, quantity, block))
    key = block * SPREAD + np.log(amount)
    order = np.argsort(key, kind="stable")
    blocks = np.arange(catalogue.years * catalogue.cells)
    return Baskets(
        key=key[order],
        product=product[order],
        quantity=quantity[order],
        first=np.searchsorted(block[order], blocks, side="left"),
        last=np.searchsorted(block[order], blocks, side="right") - 1,
    )
