"""The twelve categories, what is in them, and when and by whom they are wanted."""

from __future__ import annotations

from dataclasses import dataclass


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
SIZES = (
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
