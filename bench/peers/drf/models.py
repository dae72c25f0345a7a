"""The tables of the written shop, as models."""

from decimal import Decimal

from django.db import models


class Kept(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.IntegerField(default=1)

    class Meta:
        abstract = True


class Category(Kept):
    name = models.CharField(max_length=80)

    class Meta:
        managed = False
        db_table = "categories"


class Customer(Kept):
    email = models.EmailField()
    full_name = models.CharField(max_length=120)

    class Meta:
        managed = False
        db_table = "customers"


class Product(Kept):
    sku = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    description = models.TextField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    stock = models.PositiveIntegerField()
    category = models.ForeignKey(Category, models.PROTECT)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "products"


class Order(Kept):
    customer = models.ForeignKey(Customer, models.PROTECT)
    status = models.CharField(max_length=16)
    note = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "orders"

    @property
    def total(self):
        return sum((line.quantity * line.price for line in self.lines.all()), Decimal("0.00"))


class OrderLine(Kept):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT)
    quantity = models.IntegerField()
    price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        managed = False
        db_table = "order_lines"
