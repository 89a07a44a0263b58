"""What is taken away of plans and directives: the value objects of the screens as workbooks and papers."""
