"""The yearly plan of protection work of an object of level 3 and above (保护工作方案, 公网安〔2025〕1846 号 Q23)."""
