"""What provisioning files cannot say: organisations, teams, and who may see which folder, over Grafana's HTTP API."""
