"""One module per output format: each turns results into text, and knows neither rules nor trees."""
