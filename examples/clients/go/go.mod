module example.com/weights

go 1.19
