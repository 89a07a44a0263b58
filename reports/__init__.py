"""What leaders read: boards, dashboards, PDF, Excel. Owns no working data and changes none."""
