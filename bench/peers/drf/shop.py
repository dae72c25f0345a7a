"""Django REST framework as it is usually written: serializers of models, viewsets, a router."""

from django.urls import include, path
from drf.models import Category, Customer, Order, OrderLine, Product
from rest_framework import serializers, viewsets
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

KEPT = ["id", "created_at", "updated_at"]


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = [*KEPT, "name"]


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = [*KEPT, "email", "full_name"]


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = [*KEPT, "sku", "name", "description", "price", "stock", "category", "deleted_at"]
        read_only_fields = [*KEPT, "deleted_at"]


class ProductDetailSerializer(ProductSerializer):
    category = CategorySerializer(read_only=True)


class LineSerializer(serializers.ModelSerializer):
    product = ProductSerializer()

    class Meta:
        model = OrderLine
        fields = [*KEPT, "product", "quantity", "price"]


class OrderSerializer(serializers.ModelSerializer):
    customer = CustomerSerializer()
    lines = LineSerializer(many=True)
    total = serializers.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        model = Order
        fields = [*KEPT, "customer", "status", "total", "note", "lines"]


class Pages(LimitOffsetPagination):
    def get_paginated_response(self, data):
        return Response({"items": data, "next": None, "total": self.count})


class ProductViewSet(viewsets.ModelViewSet):
    queryset = Product.objects.all()
    pagination_class = Pages

    def get_serializer_class(self):
        return ProductDetailSerializer if self.action == "retrieve" else ProductSerializer

    def get_queryset(self):
        found, asked = super().get_queryset(), self.request.query_params
        if self.action == "retrieve":
            found = found.select_related("category")
        if self.action == "list":
            found = found.filter(category=asked["category"], price__gte=asked["price__gte"], deleted_at=None)
            found = found.order_by("-price", "-id")
        return found


class OrderViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Order.objects.select_related("customer").prefetch_related("lines__product")
    serializer_class = OrderSerializer
    pagination_class = None

    def get_queryset(self):
        asked = self.request.query_params
        return super().get_queryset().filter(id__lt=asked["id__lt"]).order_by("-id")[: int(asked["limit"])]

    def list(self, request, *args, **kwargs):
        return Response({"items": super().list(request, *args, **kwargs).data, "next": None})


router = SimpleRouter(trailing_slash=False)
router.register("products", ProductViewSet)
router.register("orders", OrderViewSet)
urlpatterns = [path("api/v1/", include(router.urls))]
