"""What the chain sells: twelve categories, eight brands in each, ten products of each brand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.streams import Floats, Ints, stream

BRANDS_PER_CATEGORY = 8
PRODUCTS_PER_CELL = 10
# The first two of a cell are samples and travel sizes.
SMALL_PRODUCTS = 2
STYLES = 4
QUANTITIES = np.array([1, 2, 3, 4, 6, 8])


@dataclass(frozen=True, slots=True)
class Category:
    """A category: its department, its things, its prices (yuan) and when it is wanted.

    ``hot`` and ``cold`` multiply demand on hot and on cold days; ``female`` and ``male`` by
    gender; ``young`` and ``old`` below 30 and from 45 on.
    """

    name: str
    english: str
    department: str
    things: tuple[str, ...]
    prices: tuple[float, float]
    hot: float = 1.0
    cold: float = 1.0
    female: float = 1.0
    male: float = 1.0
    young: float = 1.0
    old: float = 1.0


CATEGORIES = (
    Category("护肤", "skin care", "美妆", ("面霜", "精华", "面膜", "洁面乳", "爽肤水"),
             (29, 260), cold=1.5, female=1.8, male=0.6),
    Category("彩妆", "make-up", "美妆", ("口红", "粉底", "眼影", "睫毛膏", "散粉"),
             (19, 180), female=2.4, male=0.2, young=1.5, old=0.5),
    Category("防晒", "sun care", "美妆", ("防晒霜", "防晒喷雾", "晒后修复", "防晒衣", "隔离霜"),
             (25, 160), hot=2.6, cold=0.3, female=1.5, male=0.7),
    Category("洗护", "hair care", "个护", ("洗发水", "护发素", "沐浴露", "发膜", "香皂"),
             (12, 89)),
    Category("口腔", "oral care", "个护", ("牙膏", "牙刷", "漱口水", "牙线", "电动牙刷头"),
             (6, 69)),
    Category("男士", "men's care", "个护", ("剃须刀", "剃须泡", "男士洁面", "发蜡", "止汗露"),
             (15, 120), female=0.4, male=2.5),
    Category("母婴", "baby care", "家庭", ("纸尿裤", "奶瓶", "婴儿湿巾", "辅食泥", "护臀膏"),
             (18, 199), female=1.3, young=0.8, old=0.5),
    Category("家居", "household", "家庭", ("洗衣液", "抽纸", "垃圾袋", "洗洁精", "香薰"),
             (8, 79), old=1.4),
    Category("保健", "health", "健康", ("维生素", "钙片", "鱼油", "蛋白粉", "益生菌"),
             (35, 299), cold=1.3, young=0.6, old=2.0),
    Category("零食", "snacks", "食品", ("坚果", "饼干", "巧克力", "果干", "海苔"),
             (5, 59), young=1.5, old=0.7),
    Category("饮料", "drinks", "食品", ("气泡水", "凉茶", "咖啡", "果汁", "电解质水"),
             (4, 39), hot=2.2, cold=0.7, young=1.3),
    Category("暖冬", "winter warmth", "食品", ("暖宝宝", "热饮冲剂", "姜茶", "润唇膏", "护手霜"),
             (5, 69), hot=0.25, cold=2.8),
)  # fmt: skip

BRAND_NAMES = (
    "青禾 云栖 半夏 南枝 朝露 屿光 木棉 拾光 沐野 初见 知秋 白鹭 山茶 素问 澄海 晴川 "
    "小满 丰年 鹿鸣 竹里 星河 暖巷 谷雨 百味 海棠 松间 新芽 优选 悦己 安禾 乐途 清和"
).split()
_SIZES = (
    "小样",
    "旅行装",
    "标准装",
    "大号",
    "加量装",
    "经典款",
    "升级款",
    "礼盒装",
    "两件装",
    "家庭装",
)


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
                size.append(_SIZES[item])
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
