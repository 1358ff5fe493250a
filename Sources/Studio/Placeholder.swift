// placeholder, removed by the room's first file
