//! An actix-web server that does nothing: `make bench` compares Orderly's figures with it, in the same run.
//!
//! Two workers, like Orderly's on the machines it is measured on; one route that answers 200 with no body. Prints its address.

use std::{io, net::TcpListener};

use actix_web::{App, HttpResponse, HttpServer, web};

#[actix_web::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!(
        "an empty handler is listening on http://{}",
        listener.local_addr()?
    );
    let app = || App::new().route("/", web::to(HttpResponse::Ok));
    HttpServer::new(app).workers(2).listen(listener)?.run().await
}
