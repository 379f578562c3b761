"""What a tenant forbids its replies to speak of, beside what no tenant's may."""
