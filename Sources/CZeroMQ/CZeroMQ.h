#ifndef CZEROMQ_H
#define CZEROMQ_H

#include <sys/eventfd.h>
#include <zmq.h>

#endif
