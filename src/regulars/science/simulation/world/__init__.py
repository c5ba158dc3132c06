"""What every simulated person meets: days, weather, shops and guides, goods, prices, campaigns."""
