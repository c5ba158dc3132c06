"""What is sold, where, by whom and for how much."""

from __future__ import annotations

from regulars.lake.contracts.shape import SOURCE, Column, Contract

PRODUCTS = Contract(
    name="products",
    owner="ingest",
    grain="one product",
    key=("product_id",),
    columns=(
        Column("product_id", "string", "the product"),
        Column("name", "string", "what staff call it", nullable=True),
        Column("brand", "string", "its brand, or the source's class of brand", nullable=True),
        Column("maker_id", "string", "who makes it", nullable=True),
        Column("department", "string", "level 1 of its place in the range", nullable=True),
        Column("category", "string", "level 2", nullable=True),
        Column("subcategory", "string", "level 3", nullable=True),
        Column("package_size", "string", "size as the source prints it", nullable=True),
        Column("measured", "boolean", "sold by weight or volume, such as fuel"),
        Column("placeholder", "boolean", "made because a line names it and no list knows it"),
        SOURCE,
    ),
    kind="dimension",
    source="product lists",
)

STORES = Contract(
    name="stores",
    owner="ingest",
    grain="one store",
    key=("store_id",),
    columns=(
        Column("store_id", "string", "the store"),
        Column("name", "string", "what staff call it"),
        Column("region_id", "string", "the region it belongs to", nullable=True),
        Column("region_name", "string", "what staff call the region", nullable=True),
        Column("zone", "string", "its IANA time zone"),
        SOURCE,
    ),
    kind="dimension",
    source="store lists, or the stores that orders name",
)

STAFF = Contract(
    name="staff",
    owner="ingest",
    grain="one person who works in a store",
    key=("staff_id",),
    columns=(
        Column("staff_id", "string", "the staff member, as orders and members name them"),
        Column("name", "string", "what colleagues call them", nullable=True),
        Column("store_id", "string", "the store they work in", nullable=True),
        Column("role", "string", "their job, in the source's words", nullable=True),
        Column("hired_on", "date", "their first day", nullable=True),
        SOURCE,
    ),
    kind="dimension",
    source="staff lists",
)

PRICES = Contract(
    name="prices",
    owner="ingest",
    grain="one product over days with one price, before offers to single members",
    key=("product_id", "starts_on"),
    columns=(
        Column("product_id", "string", "the product"),
        Column("starts_on", "date", "the first day of the price"),
        Column("ends_on", "date", "its last day"),
        Column("list_price", "decimal(18, 2)", "price on the shelf", unit="currency"),
        Column("price", "decimal(18, 2)", "price after the promotion", unit="currency"),
        Column("promotion", "string", "what the promotion is called", nullable=True),
        SOURCE,
    ),
    kind="dimension",
    source="price and promotion plans",
)

CONTRACTS = (PRODUCTS, STORES, STAFF, PRICES)
